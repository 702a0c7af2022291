/** What a worker's thread hears and says, in place of the types of a page's window. */
export interface Port<Out, In> {
  postMessage(message: Out): void;
  onmessage: ((event: { readonly data: In }) => void) | null;
}
