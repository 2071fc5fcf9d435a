/**
 * Pattern 2: a flow of nested flows. A flow called from another is a flow run of its own: it has its own name, states,
 * parameters and logs, and its place under the parent on the timeline. Use it to give parts of the work a name.
 *
 * The Python twin is `02_nested_flows.py`.
 */
import { flow } from "sluice";
import { catFact, dogFact } from "./fact-services.ts";

const fetchCatFact = flow(async function fetchCatFact() {
  return catFact(140);
});

const fetchDogFact = flow(async function fetchDogFact() {
  return dogFact();
});

export const animalFacts = flow(
  async function animalFacts() {
    const cat = await fetchCatFact();
    const dog = await fetchDogFact();
    console.log(`🐱: ${cat} \n🐶: ${dog}`);
  },
  { logPrints: true },
);

if (import.meta.main) await animalFacts();
