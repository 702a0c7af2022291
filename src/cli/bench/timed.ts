/** Milliseconds a step of a training of so many steps, from the call to its last snapshot. */
export async function millisecondsAStep(snapshots: AsyncIterable<unknown>, steps: number): Promise<number> {
  const begun = performance.now();
  for await (const _ of snapshots);
  return (performance.now() - begun) / steps;
}
