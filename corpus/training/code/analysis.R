# analysis.R -- growth of seedlings under three treatments
# requires: ggplot2, dplyr

library(ggplot2)
library(dplyr)
suppressPackageStartupMessages(require(tidyr))

rm(list = ls())
options(stringsAsFactors = FALSE, digits = 4)
set.seed(123)

args <- commandArgs(trailingOnly = TRUE)
infile <- if (length(args) > 0) args[1] else "seedlings.csv"

plants <- read.csv(infile, header = TRUE, sep = ",", na.strings = c("", "NA"))
str(plants)
head(plants, n = 10)
plants$treatment <- factor(plants$treatment, levels = c("control", "low", "high"))
plants <- plants[!is.na(plants$height) & plants$height > 0, ]
names(plants)[names(plants) == "wk"] <- "week"

#' Standard error of the mean
#'
#' @param x a numeric vector
#' @return a single number
std_error <- function(x, na.rm = TRUE) {
  if (na.rm) x <- x[!is.na(x)]
  sqrt(var(x) / length(x))
}

summary_tbl <- plants %>%
  group_by(treatment, week) %>%
  summarise(mean = mean(height), se = std_error(height), n = n()) %>%
  mutate(lower = mean - 1.96 * se, upper = mean + 1.96 * se) %>%
  arrange(desc(mean))

fit <- lm(height ~ treatment * week, data = plants)
print(summary(fit))
anova(fit)
TukeyHSD(aov(height ~ treatment, data = plants))

p <- ggplot(summary_tbl, aes(x = week, y = mean, colour = treatment)) +
  geom_line(size = 1) +
  geom_point() +
  geom_errorbar(aes(ymin = lower, ymax = upper), width = 0.2) +
  labs(title = "Growth", x = "Week", y = "Height (cm)") +
  theme_bw()
ggsave("growth.pdf", p, width = 7, height = 5)

boot <- replicate(1000, {
  idx <- sample(nrow(plants), replace = TRUE)
  coef(lm(height ~ week, data = plants[idx, ]))["week"]
})
cat(sprintf("slope %.3f [%.3f, %.3f]\n", mean(boot), quantile(boot, 0.025), quantile(boot, 0.975)))

for (tr in levels(plants$treatment)) {
  x <- subset(plants, treatment == tr)$height
  tt <- tryCatch(t.test(x, mu = 10), error = function(e) NULL)
  if (is.null(tt)) next else message(tr, ": p = ", round(tt$p.value, 4))
}

par(mfrow = c(1, 2))
hist(plants$height, breaks = 20, col = "grey", main = "", xlab = "height")
plot(density(boot), lwd = 2); abline(v = 0, lty = 2)
m <- matrix(0, nrow = 3, ncol = 3, dimnames = list(letters[1:3], NULL))
res <- sapply(split(plants$height, plants$treatment), median)
write.table(res, file = "medians.txt", quote = FALSE, row.names = TRUE)
