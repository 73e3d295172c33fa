import { enablePatches, produce, produceWithPatches } from "immer";
import { is } from "./is.js";

const before = { list: [1, 2], deep: { n: 1 } };
const after = produce(before, (draft) => {
  draft.list.push(3);
});
is([after.list, before.list, after.deep === before.deep], [[1, 2, 3], [1, 2], true]);
enablePatches();
const [, patches] = produceWithPatches(before, (draft) => {
  draft.deep.n = 2;
});
is(patches, [{ op: "replace", path: ["deep", "n"], value: 2 }]);
