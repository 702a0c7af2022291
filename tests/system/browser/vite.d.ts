/** vite's address of a file that it serves beside the page. */
declare module "*?url" {
  const address: string;
  export default address;
}
