import "runar-ts";
export {};
