import { debounceTime, firstValueFrom, from, lastValueFrom, map, reduce, timer, toArray } from "rxjs";
import { is } from "./is.js";

is(await lastValueFrom(from([1, 2, 3]).pipe(map((n) => n * 2), reduce((a, b) => a + b, 0))), 12);
is(await firstValueFrom(from(["a", "b"]).pipe(debounceTime(5), toArray())), ["b"]);
is(await firstValueFrom(timer(1)), 0);
