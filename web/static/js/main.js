// Makes a working page more comfortable. Every page works without this.

import { improveArticles } from "./article.js";
import { improveFeedback } from "./feedback.js";
import { improveSearchBoxes } from "./suggest.js";
import { improveThemeForm } from "./theme.js";

improveThemeForm();
improveSearchBoxes();
improveArticles();
improveFeedback();
