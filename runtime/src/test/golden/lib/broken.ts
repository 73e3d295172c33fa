export enum Colour { RED }
export const colour: Colour = ;
