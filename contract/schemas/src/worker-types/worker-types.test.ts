import { describe, expect, it } from "vitest";
import { jobTemplateProblem } from "../job-templates.ts";
import { workPoolCreate } from "../work-pools.ts";
import { WORKER_METADATA } from "./all.ts";

const types = Object.values(WORKER_METADATA).flatMap((ofPackage) => Object.values(ofPackage));

it("are those that runs can be given to", () => {
  expect(types.map(({ type }) => type).toSorted()).toEqual([
    "docker",
    "kubernetes",
    "prefect:managed",
    "process",
    "sluice:managed",
  ]);
});

describe.each(types)("the template of $type", ({ type, default_base_job_configuration: template }) => {
  it("is one that a pool may have", () => {
    expect(jobTemplateProblem(template)).toBeNull();
    expect(workPoolCreate.safeParse({ name: "a", type, base_job_template: template }).success).toBe(true);
  });

  it("uses every variable that it declares", () => {
    const { job_configuration, variables } = template as {
      job_configuration: object;
      variables: { properties: object };
    }; // as every template
    const used = JSON.stringify(job_configuration);
    const unused = Object.keys(variables.properties).filter((name) => !used.includes(`{{ ${name} }}`));
    expect(unused).toEqual([]);
  });
});
