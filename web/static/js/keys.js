// Keys that an input method takes for itself are not commands of the page.

// Safari ends the composition before it reports the key that confirmed it: that key no longer says `isComposing`, but
// its code is still 229. https://www.w3.org/TR/uievents/#determine-keydown-keyup-keyCode
export function belongsToInputMethod(event) {
  return event.isComposing || event.keyCode === 229;
}
