/** What a handler answers; the edge (HTTP or in-process) writes it. */

export type Reply =
  | {
      readonly kind: "json";
      readonly status: number;
      readonly body: unknown;
      readonly headers?: ReplyHeaders;
    }
  | { readonly kind: "empty"; readonly status: number; readonly headers?: ReplyHeaders }
  | { readonly kind: "text"; readonly status: number; readonly text: string; readonly headers?: ReplyHeaders }
  | {
      readonly kind: "stream";
      readonly status: number;
      /** Pieces of text, produced as fast as the client reads them. */
      readonly chunks: AsyncIterable<string>;
      readonly headers?: ReplyHeaders;
    };

export type ReplyHeaders = Readonly<Record<string, string>>;

export function json(body: unknown, status = 200): Reply {
  return { kind: "json", status, body };
}

/** 201 for a row this request made, 200 for one that was there (protocol section 0). */
export function createdOrFound(body: unknown, created: boolean): Reply {
  return { kind: "json", status: created ? 201 : 200, body };
}

export function noContent(): Reply {
  return { kind: "empty", status: 204 };
}

/** 201 with the body `null`: creations that answer nothing. */
export function createdNothing(): Reply {
  return { kind: "json", status: 201, body: null };
}

export function text(body: string, contentType = "text/plain; charset=utf-8", status = 200): Reply {
  return { kind: "text", status, text: body, headers: { "content-type": contentType } };
}
