// Addresses as people read them.

const ESCAPED = /(?:%[0-9a-f]{2})+/gi;
const NOT_A_LETTER = /[^\p{L}\p{M}\p{N}]/gu;

// Writes the letters and digits of every script as they are; what would change the address, or could be mistaken in a
// chat (spaces, quotation marks, invisible signs), stays escaped. Browsers take both forms for the same.
export function readable(address) {
  return address.replace(ESCAPED, (run) => {
    try {
      return decodeURIComponent(run).replace(NOT_A_LETTER, escaped);
    } catch {
      return run; // not UTF-8
    }
  });
}

const escaped = (sign) => [...new TextEncoder().encode(sign)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
