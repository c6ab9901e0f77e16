// Makes a working page more comfortable. Every page works without this.

import { improveArticles } from "./article.js";
import { followTyping } from "./direction.js";
import { improveFeedback } from "./feedback.js";
import { improveSearchBoxes } from "./suggest.js";
import { improveThemeForm } from "./theme.js";

followTyping(document);
improveThemeForm();
improveSearchBoxes();
improveArticles();
improveFeedback();
document.querySelector('[aria-invalid="true"]')?.focus(); // what is to be mended is ready to be mended
