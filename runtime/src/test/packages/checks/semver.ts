import semver from "semver";
import { is } from "./is.js";

is(semver.satisfies("1.4.2", "^1.2.0 || >=3"), true);
is(semver.maxSatisfying(["1.0.0", "1.9.1", "2.0.0"], "1.x"), "1.9.1");
is(semver.inc("1.2.3-beta.1", "prerelease"), "1.2.3-beta.2");
