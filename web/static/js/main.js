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
