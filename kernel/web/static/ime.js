// Japanese input methods: whether a key press belongs to a conversion that is still open.

/** True while a composition is open. Key code 229 covers browsers that end it before the key event. */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}
