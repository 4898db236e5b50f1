// What stands beside a field of a draft: whether it was edited, what AWS would refuse, and how to put it back.
// `state/draft` makes it, the form parts show it.

export interface Mark {
  edited: boolean;
  /** `refused` false: AWS takes it, but it hardly does what was meant. */
  problem?: { text: string; refused: boolean };
  /** Puts back what AWS has. */
  undo?: () => void;
}

export const unmarked: Mark = { edited: false };
