// Domain names beyond ASCII; its tables are large, so only a URL that has one loads them.
import tr46 from "tr46";

export const { toASCII, toUnicode } = tr46;
