import pLimit from "p-limit";
import { is } from "./is.js";

let running = 0;
let most = 0;
const limit = pLimit(2);
const work = (n: number) =>
  limit(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 2));
    running--;
    return n * n;
  });
is([await Promise.all([1, 2, 3, 4].map(work)), most], [[1, 4, 9, 16], 2]);
