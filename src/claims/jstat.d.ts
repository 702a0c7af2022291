/** The part of jStat that is used; it ships no types. */
declare module "jstat" {
  const jstat: {
    /** Regularised incomplete beta function I_x(a, b). */
    ibeta(x: number, a: number, b: number): number;
  };
  export default jstat;
}
