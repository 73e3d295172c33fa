import { sum } from "./lib/sun.ts";

console.log(sum);
