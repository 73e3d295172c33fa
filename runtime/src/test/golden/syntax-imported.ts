import "./lib/middle.ts";
