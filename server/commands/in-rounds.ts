/**
 * Runs calls in as few rounds as possible with each key at most once in a round, so that a later call for the same
 * thing sees what the earlier one did. Answers in the order asked.
 */
export async function inRounds<Call, Answer>(
  calls: readonly Call[],
  keyOf: (call: Call) => string,
  runRound: (round: readonly Call[]) => Promise<readonly Answer[]>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let waiting = [...calls.entries()];
  while (waiting.length > 0) {
    const keys = new Set<string>();
    const round = waiting.filter(([, call]) => {
      const isFirst = !keys.has(keyOf(call));
      keys.add(keyOf(call));
      return isFirst;
    });
    const answered = await runRound(round.map(([, call]) => call));
    // `runRound` answers every call of the round, in order.
    for (const [place, [index]] of round.entries()) answers[index] = answered[place] as Answer;
    const done = new Set(round.map(([index]) => index));
    waiting = waiting.filter(([index]) => !done.has(index));
  }
  return answers;
}
