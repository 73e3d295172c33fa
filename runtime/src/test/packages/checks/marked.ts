import { marked } from "marked";
import { is } from "./is.js";

is(marked.parse("# Hi\n\n- *a*\n- `b`\n"), "<h1>Hi</h1>\n<ul>\n<li><em>a</em></li>\n<li><code>b</code></li>\n</ul>\n");
