/** A file copied beside the bundle; the import is its URL (build.mjs). */
declare module "*?url" {
  const url: string;
  export default url;
}
