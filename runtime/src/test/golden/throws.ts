interface Settings {
  url: string;
}

function read(text: string): Settings {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error("the settings are unreadable", { cause });
  }
}

await null;
read("{");
