/**
 * The indices of a job array as Slurm writes them, `0-9,12,20-28:2%4` (ranges, a step behind a colon, behind % how many run
 * at a time), in order.
 *
 * @throws RangeError where the text is none of these
 */
export function arrayIndices(text: string): number[] {
  const listed = text.replace(/%\d+$/, "");
  return listed.split(",").flatMap((part) => {
    const match = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part);
    if (!match) throw new RangeError(`\`${part}\` of \`${text}\` is no index or range of a job array`);
    const [from, to, step] = [Number(match[1]), Number(match[2] ?? match[1]), Number(match[3] ?? 1)];
    return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
  });
}
