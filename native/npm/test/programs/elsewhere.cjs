// Required before a program: it takes the machine for another.
const [platform, arch] = process.env.ELSEWHERE.split("-");
Object.defineProperty(process, "platform", { value: platform });
Object.defineProperty(process, "arch", { value: arch });
