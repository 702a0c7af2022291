/** Bad input: `study.yaml:3:14: what is wrong; what is allowed`. The command line ends with status 2. */
export class StudyError extends Error {
  override readonly name = "StudyError";

  /**
   * @param line and @param column counted from 1, as editors do
   * @param place what the message begins with, where it is no place in a text
   */
  constructor(
    readonly file: string,
    readonly line: number,
    readonly column: number,
    readonly sentence: string,
    place = `${file}:${line}:${column}`,
  ) {
    super(`${place}: ${sentence}`);
  }
}
