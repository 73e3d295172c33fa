/** What the process that runs the script provides; see host.ts. */
declare module "runar:host" {
  export const host: import("./host.js").Host;
}
