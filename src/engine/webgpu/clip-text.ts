/**
 * WGSL of `shrink`, by which a gradient longer than its trial's clip is multiplied: its norm over all weights is taken
 * in units of the largest entry, whose square may not be finite (training/clip.ts). Every lane has its sums.
 */
export function clipText(slots: readonly number[], lanes: number): string {
  const each = (text: (slot: number) => string): string => slots.map(text).join("\n");
  const slope = (s: number): string => `select(0.0, sum${s} * scale, place${s}.w > 0u && place${s}.z > 1u)`;
  return `    var shrink = 1.0;
    if (clip_of(trial) > 0.0) {
      var most = 0.0;
${each((s) => `      most = max(most, abs(${slope(s)}));`)}
      norms[lane] = most;
      workgroupBarrier();
      for (var l = 0u; l < ${lanes}u; l++) { most = max(most, norms[l]); }
      let unit = max(most, 1e-37);
      var squares = 0.0;
${each((s) => `      { let x = ${slope(s)} / unit; squares += x * x; }`)}
      workgroupBarrier();
      norms[lane] = squares;
      workgroupBarrier();
      squares = 0.0;
      for (var l = 0u; l < ${lanes}u; l++) { squares += norms[l]; }
      let norm = unit * sqrt(squares);
      if (norm > clip_of(trial)) { shrink = clip_of(trial) / norm; }
    }`;
}
