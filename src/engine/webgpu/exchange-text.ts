/** Looks at the other workgroups' sums before they are given up: a tenth of a second or so. */
const SPINS = 1 << 16;

/** Where the partial sums of one model lie: two turns of (group, place), then the word by which a group gives up. */
export const partialWords = (places: number, groups: number): number => 2 * groups * places + 1;

/**
 * WGSL by which the workgroups of one model add up their sums within a dispatch. Each leaves its own with the update's
 * number modulo 4 in the two lowest bits and reads all others' once they bear it, in the order of the groups. Updates
 * take turns in two places, as a group may be one ahead of another, never two.
 *
 * WebGPU does not promise that workgroups run at the same time. A group that waits too long gives up and says so to
 * all; the launch then counts for nothing.
 */
export function exchangeText(slots: readonly number[], groups: number, lanes: number): string {
  const places = slots.length * lanes;
  const model = `model * ${partialWords(places, groups)}u`;
  const given = `${model} + ${2 * groups * places}u`;
  const loads = Array.from({ length: groups }, (_, g) => g);
  return `    let turn = ${model} + (step & 1u) * ${groups * places}u + lane;
    let mark = step & 3u;
    if (status == 0u) {
${slots
  .map(
    (s) => `      atomicStore(&partials[turn + group * ${places}u + ${s * lanes}u],
        ((bitcast<u32>(sum${s}) + 2u) & 0xfffffffcu) | mark);`,
  )
  .join("\n")}
${slots
  .map(
    (s) => `      for (var spin = 0u; spin <= ${SPINS}u; spin++) {
        let at = turn + ${s * lanes}u;
${loads.map((g) => `        let x${g} = atomicLoad(&partials[at + ${g * places}u]);`).join("\n")}
        if (((${loads.map((g) => `(x${g} ^ mark)`).join(" | ")}) & 3u) == 0u) {
          sum${s} = ${loads.map((g) => `bitcast<f32>(x${g} & 0xfffffffcu)`).join(" + ")};
          break;
        }
        if (spin == ${SPINS}u || ((spin & 255u) == 255u && atomicLoad(&partials[${given}]) != 0u)) {
          atomicStore(&partials[${given}], 1u);
          atomicOr(&spoiled, 4u);
          break;
        }
      }`,
  )
  .join("\n")}
    }`;
}
