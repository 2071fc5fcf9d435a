/** The two public services that the first patterns call. Set the variables to call others, e.g. stand-ins without a network. */

const CAT_FACTS_URL = process.env["CAT_FACTS_URL"] ?? "https://catfact.ninja/fact";
const DOG_FACTS_URL = process.env["DOG_FACTS_URL"] ?? "https://dogapi.dog/api/v2/facts";

/** A fact about cats of at most `maxLength` characters. Throws when the service doesn't answer with one. */
export async function catFact(maxLength: number): Promise<string> {
  const answer = await getJson<{ fact: string }>(`${CAT_FACTS_URL}?max_length=${maxLength}`);
  return answer.fact;
}

/** A fact about dogs. Throws when the service doesn't answer with one. */
export async function dogFact(): Promise<string> {
  const answer = await getJson<{ data: [{ attributes: { body: string } }] }>(DOG_FACTS_URL);
  return answer.data[0].attributes.body;
}

async function getJson<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url, { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
  return (await response.json()) as Answer; // the services' own documented shapes
}
