# Expected values for composites and for replicates that are calibrated again, from R's survey package (written with
# survey 4.1.1 on R 4.2.2).
#   Rscript composites.R
# Writes composites_expected.csv (15 digits).
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "fail", survey.adjust.domain.lonely = FALSE)
# R leaves people of strata that were taken whole out of the replicates of totals, as they have no sampling variance.
# Calibrated again, their weights do vary.
options(survey.drop.replicates = FALSE)
answers <- read.csv("answers.csv", fileEncoding = "UTF-8", stringsAsFactors = FALSE)
plain <- answers[answers$lonely == 0, ]
full <- plain[!is.na(plain$q1) & !is.na(plain$q2) & !is.na(plain$q3), ]
# A stratum or PSU can lose people here, and strata that keep one PSU cannot stay.
kept <- tapply(full$psu, full$stratum, function(x) length(unique(x)))
full <- full[kept[full$stratum] > 1, ]
domains <- list(
  all = function(d) rep(TRUE, nrow(d)),
  T0 = function(d) d$province == "T0",
  T2 = function(d) d$province == "T2",
  nam = function(d) d$sex == "nam",
  `T2|nam` = function(d) d$province == "T2" & d$sex == "nam"
)
rows <- list()
put <- function(data, case, estimand, domain, ...) {
  values <- list(...)
  values <- lapply(values, formatC, digits = 15, width = 1, format = "g")
  for (what in c("value", "se", "deff", "deff_replace")) if (is.null(values[[what]])) values[[what]] <- ""
  rows[[length(rows) + 1]] <<- data.frame(data, case, estimand, domain, value = values$value, se = values$se,
                                          deff = values$deff, deff_replace = values$deff_replace)
}
make <- function(data, stage, weights) {
  data$unit <- seq_len(nrow(data))
  switch(stage,
    wr = svydesign(~psu, strata = ~stratum, weights = weights, data = data, nest = TRUE),
    fpc1 = svydesign(~psu, strata = ~stratum, weights = weights, fpc = ~psus, data = data, nest = TRUE),
    fpc2 = svydesign(~psu + village, strata = ~stratum, weights = weights, fpc = ~psus + villages, data = data, nest = TRUE),
    fpc2e = svydesign(~psu + unit, strata = ~stratum, weights = weights, fpc = ~psus + people, data = data, nest = TRUE))
}
totals_of <- function(data, weight) list(sex = xtabs(as.formula(paste0(weight, "~sex")), data),
                                         age = xtabs(as.formula(paste0(weight, "~age")), data))
calibrated <- function(data, kind, stage) {
  if (kind == "") return(make(data, stage, ~weight))
  if (kind == "post_") return(postStratify(make(data, stage, ~base), ~sex, totals_of(data, "weight")$sex))
  known <- totals_of(data, "raked")
  rake(make(data, stage, ~base), list(~sex, ~age), known, control = list(epsilon = 1e-14, maxit = 1000))
}
zero <- function(y) ifelse(is.na(y), 0, y)

# Complete answers: the composite of a respondent is a variable like any other.
for (stage in c("wr", "fpc1", "fpc2", "fpc2e")) for (kind in c("", "post_", "rake_")) {
  design <- calibrated(full, kind, stage)
  design$variables$composite <- with(design$variables, 0.5 * q1 + 0.3 * q2 + 0.2 * q3)
  design$variables$pooled <- with(design$variables, (q1 + q2 + q3) / 3)
  for (name in names(domains)) {
    sub <- subset(design, domains[[name]](full))
    for (v in c("composite", "pooled")) {
      m <- svymean(as.formula(paste0("~", v)), sub, deff = TRUE)
      put("full", paste0(kind, stage), v, name, value = coef(m)[[1]], se = SE(m)[[1]], deff = deff(m)[[1]],
          deff_replace = deff(svymean(as.formula(paste0("~", v)), sub, deff = "replace"))[[1]])
    }
  }
}

# Item non-response: the variance of the linearised variable by the design, over that by a simple random sample of the
# respondents who answered any of the items.
for (stage in c("wr", "fpc1", "fpc2", "fpc2e")) for (kind in c("", "post_", "rake_")) {
  design <- calibrated(plain, kind, stage)
  w <- weights(design)
  d <- design$variables
  ratio_u <- function(y, x, inside) {
    v <- as.numeric(inside & !is.na(y) & !is.na(x))
    r <- sum(w * v * zero(y)) / sum(w * v * zero(x))
    list(value = r, u = v * (zero(y) - r * zero(x)) / sum(w * v * zero(x)), any = v > 0)
  }
  combined <- function(parts, shares) {
    list(value = sum(shares * sapply(parts, `[[`, "value")),
         u = Reduce(`+`, Map(function(p, a) a * p$u, parts, shares)),
         any = Reduce(`|`, lapply(parts, `[[`, "any")))
  }
  one <- rep(1, nrow(d))
  for (name in names(domains)) {
    inside <- domains[[name]](plain)
    q <- lapply(d[c("q1", "q2", "q3")], ratio_u, x = one, inside = inside)
    top <- ratio_u(as.numeric(d$q1 >= 4), one, inside)
    price <- ratio_u(d$paid, d$visits, inside)
    visits <- ratio_u(d$visits, one, inside)
    answered <- sapply(d[c("q1", "q2", "q3")], function(y) as.numeric(!is.na(y)))
    sums <- rowSums(sapply(d[c("q1", "q2", "q3")], zero))
    pooled <- ratio_u(sums, rowSums(answered), inside & rowSums(answered) > 0)
    found <- list(composite = combined(q, c(0.5, 0.3, 0.2)), pooled = pooled,
                  mixed = combined(list(top, price, visits), c(0.6, 0.03, 0.1)))
    for (estimand in names(found)) {
      each <- found[[estimand]]
      design$variables$u <- each$u
      sub <- subset(design, each$any)
      total <- svytotal(~u, sub, deff = TRUE)
      put("plain", paste0(kind, stage), estimand, name, value = each$value, se = SE(svytotal(~u, design))[[1]],
          deff = deff(total)[[1]], deff_replace = deff(svytotal(~u, sub, deff = "replace"))[[1]])
    }
  }
}

# Replicates, each calibrated again from the base weights.
factors <- read.csv("bootstrap_factors.csv", fileEncoding = "UTF-8", stringsAsFactors = FALSE)
at <- match(paste(plain$stratum, plain$psu), paste(factors$stratum, factors$psu))
count <- ncol(factors) - 2
rake_all <- function(replicated, totals, rounds) {
  # rake() looks at the whole sample for its end, so the replicates are gone over until these stand still too.
  for (round in seq_len(rounds)) for (margin in names(totals)) {
    replicated <- postStratify(replicated, as.formula(paste0("~", margin)), totals[[margin]])
  }
  replicated
}
for (how in c("jkn_wr", "jkn_fpc1", "bootstrap")) for (kind in c("post_", "rake_")) {
  base <- if (how == "bootstrap") {
    svrepdesign(variables = plain, repweights = as.matrix(factors[at, -(1:2)]), weights = plain$base, type = "other",
                combined.weights = FALSE, scale = 1 / (count - 1), rscales = rep(1, count), mse = FALSE)
  } else as.svrepdesign(make(plain, sub("jkn_", "", how), ~base), type = "JKn", compress = FALSE)
  totals <- totals_of(plain, if (kind == "post_") "weight" else "raked")
  replicated <- if (kind == "post_") rake_all(base, totals["sex"], 1) else rake_all(base, totals, 80)
  for (name in names(domains)) {
    sub <- subset(replicated, domains[[name]](plain))
    for (v in c("q1", "q2", "visits")) {
      m <- svymean(as.formula(paste0("~", v)), sub, na.rm = TRUE)
      put("plain", paste0(kind, how), paste0("mean:", v), name, value = coef(m)[[1]], se = SE(m)[[1]])
    }
    t <- svytotal(~satisfied, sub, na.rm = TRUE)
    put("plain", paste0(kind, how), "total:satisfied", name, value = coef(t)[[1]], se = SE(t)[[1]])
    r <- svyratio(~paid, ~visits, sub, na.rm = TRUE)
    put("plain", paste0(kind, how), "ratio:paid/visits", name, value = r$ratio[1, 1], se = SE(r)[[1]])
  }
}
write.csv(do.call(rbind, rows), "composites_expected.csv", row.names = FALSE, quote = FALSE, fileEncoding = "UTF-8")
