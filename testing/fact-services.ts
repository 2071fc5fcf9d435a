/** A stand-in for the two fact services of the examples: same answers, no network. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

export interface FactServices {
  /** Environment for a program that calls the services. */
  readonly env: { readonly CAT_FACTS_URL: string; readonly DOG_FACTS_URL: string };
  /** Requests answered so far. */
  readonly calls: { cat: number; dog: number };
  close(): Promise<void>;
}

const CAT_FACT = "A cat's whiskers are about as wide as its body.";
const DOG_FACT = "A dog's nose print is as unique as a fingerprint.";

/** Listens on a free port of the loopback address. */
export async function startFactServices(): Promise<FactServices> {
  const calls = { cat: 0, dog: 0 };
  const answer: RequestListener = (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const body = path === "/cat" ? catAnswer() : path === "/dog" ? dogAnswer() : null;
    if (path === "/cat") calls.cat += 1;
    if (path === "/dog") calls.dog += 1;
    response.writeHead(body ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? { error: "not found" }));
  };
  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a pipe's name
  const root = `http://127.0.0.1:${port}`;
  return {
    env: { CAT_FACTS_URL: `${root}/cat`, DOG_FACTS_URL: `${root}/dog` },
    calls,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function catAnswer(): unknown {
  return { fact: CAT_FACT, length: CAT_FACT.length };
}

function dogAnswer(): unknown {
  return { data: [{ id: "fact-1", type: "fact", attributes: { body: DOG_FACT } }] };
}
