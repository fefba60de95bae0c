/** Draws an image that the controller made into its place. */
export const drawn = (svg: string) => (node: Element) => {
  node.innerHTML = svg;
};
