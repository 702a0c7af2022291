/** A file of weights or prompts that cannot be used: one sentence that names the file's part and says what is allowed. */
export class WeightsError extends Error {}
