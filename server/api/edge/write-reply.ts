/** Writes a handler's reply with Fastify. */
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import type { Reply } from "./reply.ts";

export function writeReply(reply: FastifyReply, answer: Reply): FastifyReply {
  reply.code(answer.status);
  if (answer.headers) reply.headers(answer.headers);
  switch (answer.kind) {
    case "json":
      return reply.header("content-type", "application/json").send(JSON.stringify(answer.body));
    case "empty":
      return reply.send();
    case "text":
      return reply.send(answer.text);
    case "stream":
      return reply.send(Readable.from(answer.chunks));
  }
}
