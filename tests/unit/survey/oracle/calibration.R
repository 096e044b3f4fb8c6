# Expected weights for test_calibration.py, from R's survey package. Run in this folder: Rscript calibration.R
suppressMessages(library(survey))
records <- read.csv("calibration_records.csv", colClasses = c(record = "character", province = "character"))
design <- svydesign(ids = ~psu, strata = ~province, weights = ~weight, data = records, nest = TRUE)
sexes <- data.frame(sex = c("f", "m"), Freq = c(5250, 4750))
ages <- data.frame(age = c("18-34", "35-59", "60+"), Freq = c(3900, 4300, 1800))
provinces <- data.frame(province = c("P01", "P02"), Freq = c(6400, 3600))
cells <- expand.grid(province = c("P01", "P02"), sex = c("f", "m"))
cells$Freq <- c(3300, 1950, 3100, 1650)

post <- postStratify(design, ~ province + sex, cells)
rake3 <- rake(design, list(~sex, ~age, ~province), list(sexes, ages, provinces),
              control = list(maxit = 10000, epsilon = 1e-17, verbose = FALSE))
totals <- c(`(Intercept)` = 10000, sexm = 4750, `age35-59` = 4300, `age60+` = 1800, provinceP02 = 3600)
tight <- function(...) calibrate(design, ~ sex + age + province, totals, epsilon = 1e-14, maxit = 500, ...)
exponential <- tight(calfun = "raking")
bounded <- tight(calfun = "raking", bounds = c(0.6, 1.5))
# trimWeights(strict = TRUE) passes a shrinking rest round and round; many rounds by hand reach the same end.
trim <- function(d, low, high) { for (i in 1:400) d <- trimWeights(d, lower = low, upper = high); d }
cut_high <- trim(design, -Inf, 170)
cut_low <- trim(design, 60, Inf)
out <- data.frame(record = records$record, post = weights(post), rake = weights(rake3),
                  exponential = weights(exponential), bounded = weights(bounded),
                  cut_high = weights(cut_high), cut_low = weights(cut_low))
for (column in names(out)[-1]) out[[column]] <- formatC(out[[column]], digits = 15, width = 1, format = "g")
write.csv(out, "calibration_expected.csv", row.names = FALSE, quote = FALSE)
