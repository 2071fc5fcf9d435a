/** A flow that is under way when its process dies in the way that the argument says. Prints its run's id first. */
import { flow, runtime, task } from "@sluice/sdk";

const stuck = task(async function stuck() {
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});

const nested = flow(async function nested() {
  await stuck();
});

const deaths: Record<string, () => unknown> = {
  signal: () => nested(),
  uncaught: () => {
    setTimeout(() => {
      throw new RangeError("out of nowhere");
    }, 20);
    return nested();
  },
  rejection: () => {
    void Promise.reject(new RangeError("nobody cared"));
    return nested();
  },
  failure: () => Promise.reject(new RangeError("as any other")),
  nothing: () => new Promise(() => {}),
};

const dying = flow(
  async function dying({ death }: { death: string }) {
    console.log(runtime.flowRun.id);
    await deaths[death]?.();
  },
  {
    onCrashed: (_flow, _run, state) => console.log(`hook: ${state.type}`),
  },
);

const [, , death = ""] = process.argv;
if (death === "failure") void dying({ death });
else await dying({ death });
