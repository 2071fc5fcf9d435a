/**
 * Pattern 1: a flow of tasks. One flow holds all the work: one run, one process, one place to look. Its tasks are steps
 * with their own retries, states and logs, and what one passes to another becomes an edge of the graph.
 *
 * The Python twin is `01_flow_of_tasks.py`.
 */
import { flow, task } from "sluice";
import { z } from "zod";
import { catFact, dogFact } from "./fact-services.ts";

const fetchCatFact = task(
  async function fetchCatFact(maxLength: number) {
    return catFact(maxLength);
  },
  { retries: 2, retryDelaySeconds: 1 },
);

const fetchDogFact = task(
  async function fetchDogFact() {
    return dogFact();
  },
  { retries: 2, retryDelaySeconds: 1 },
);

const writeDigest = task(function writeDigest(cat: string, dog: string) {
  return `🐱: ${cat}\n🐶: ${dog}`;
});

export const factDigest = flow(
  async function factDigest({ maxLength }: { maxLength: number }) {
    const cat = fetchCatFact.submit(maxLength);
    const dog = fetchDogFact.submit();
    const digest = await writeDigest(cat, dog);
    console.log(digest);
    return digest;
  },
  { parameters: z.object({ maxLength: z.number().int().positive().default(140) }), logPrints: true },
);

if (import.meta.main) await factDigest({});
