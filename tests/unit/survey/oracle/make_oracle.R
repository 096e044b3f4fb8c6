# Expected values for the tests, from R's survey package (written with survey 4.1.1 on R 4.2.2).
#   Rscript make_oracle.R
# Writes expected.csv: one row a case, lonely-PSU rule, estimand and domain, with 15 digits.
suppressPackageStartupMessages(library(survey))
options(survey.adjust.domain.lonely = FALSE)
answers <- read.csv("answers.csv", fileEncoding = "UTF-8", stringsAsFactors = FALSE)
answers$top1 <- as.numeric(answers$q1 >= 4)
answers$top2 <- as.numeric(answers$q2 >= 4)
rows <- list()
put <- function(case, rule, estimand, domain, what, value) {
  rows[[length(rows) + 1]] <<- data.frame(case, rule, estimand, domain, what, value = formatC(value, digits = 15, width = 1, format = "g"))
}
domains <- list(
  all = function(d) rep(TRUE, nrow(d)),
  T0 = function(d) d$province == "T0",
  T1 = function(d) d$province == "T1",
  T2 = function(d) d$province == "T2",
  T3 = function(d) d$province == "T3",
  nam = function(d) d$sex == "nam",
  `T2|nam` = function(d) d$province == "T2" & d$sex == "nam",
  `T3|55+` = function(d) d$province == "T3" & d$age == "55+"
)
estimate <- function(case, rule, design) {
  all_of_them <- rule == "fail" && case %in% c("wr", "fpc2", "fpc2e", "post_wr", "rake_fpc2e")
  variables <- if (all_of_them) c("q1", "q2", "top1", "visits") else c("q1", "top1")
  for (name in names(domains)) {
    sub <- subset(design, domains[[name]](design$variables))
    put(case, rule, "*", name, "df", degf(sub))
    for (v in variables) {
      f <- as.formula(paste0("~", v))
      m <- svymean(f, sub, na.rm = TRUE, deff = TRUE)
      put(case, rule, paste0("mean:", v), name, "value", coef(m)[[1]])
      put(case, rule, paste0("mean:", v), name, "se", SE(m)[[1]])
      put(case, rule, paste0("mean:", v), name, "deff", deff(m)[[1]])
      put(case, rule, paste0("mean:", v), name, "deff_replace",
          deff(svymean(f, sub, na.rm = TRUE, deff = "replace"))[[1]])
      if (degf(sub) > 0) {
        ci <- confint(m, df = degf(sub))
        put(case, rule, paste0("mean:", v), name, "lower", ci[1, 1])
        put(case, rule, paste0("mean:", v), name, "upper", ci[1, 2])
      }
      if (v == "top1" && degf(sub) > 0) {
        p <- svyciprop(~top1, sub, method = "xlogit", na.rm = TRUE, df = degf(sub))
        put(case, rule, "mean:top1", name, "logit_lower", attr(p, "ci")[[1]])
        put(case, rule, "mean:top1", name, "logit_upper", attr(p, "ci")[[2]])
      }
      t <- svytotal(f, sub, na.rm = TRUE, deff = TRUE)
      put(case, rule, paste0("total:", v), name, "value", coef(t)[[1]])
      put(case, rule, paste0("total:", v), name, "se", SE(t)[[1]])
      put(case, rule, paste0("total:", v), name, "deff", deff(t)[[1]])
    }
    r <- svyratio(~paid, ~visits, sub, na.rm = TRUE, deff = TRUE)
    put(case, rule, "ratio:paid/visits", name, "value", r$ratio[1, 1])
    put(case, rule, "ratio:paid/visits", name, "se", sqrt(r$var[1, 1]))
    put(case, rule, "ratio:paid/visits", name, "deff", attr(r, "deff")[1, 1])
  }
}
make <- function(data, stage, weights = ~weight) {
  data$unit <- seq_len(nrow(data))
  switch(stage,
    wr = svydesign(~psu, strata = ~stratum, weights = weights, data = data, nest = TRUE),
    fpc1 = svydesign(~psu, strata = ~stratum, weights = weights, fpc = ~psus, data = data, nest = TRUE),
    fpc2 = svydesign(~psu + village, strata = ~stratum, weights = weights, fpc = ~psus + villages, data = data, nest = TRUE),
    fpc2e = svydesign(~psu + unit, strata = ~stratum, weights = weights, fpc = ~psus + people, data = data, nest = TRUE))
}
plain <- answers[answers$lonely == 0, ]
for (stage in c("wr", "fpc1", "fpc2", "fpc2e")) {
  options(survey.lonely.psu = "fail")
  estimate(stage, "fail", make(plain, stage))
  for (rule in c("remove", "certainty", "adjust", "average")) {
    options(survey.lonely.psu = rule)
    estimate(stage, rule, make(answers, stage))
  }
}
options(survey.adjust.domain.lonely = TRUE)
for (rule in c("adjust", "average")) {
  options(survey.lonely.psu = rule)
  suppressWarnings(estimate("wr_in_domains", rule, make(answers, "wr")))
}
options(survey.adjust.domain.lonely = FALSE)

# Calibrated: the base weights, post-stratified by sex or raked by sex and age, become exactly the weights of the file.
sex_totals <- xtabs(weight ~ sex, plain)
raked_sex <- xtabs(raked ~ sex, plain)
raked_age <- xtabs(raked ~ age, plain)
for (stage in c("wr", "fpc1", "fpc2", "fpc2e")) {
  options(survey.lonely.psu = "fail")
  post <- postStratify(make(plain, stage, ~base), ~sex, sex_totals)
  stopifnot(max(abs(weights(post) / plain$weight - 1)) < 1e-12)
  estimate(paste0("post_", stage), "fail", post)
  raked <- rake(make(plain, stage, ~base), list(~sex, ~age), list(raked_sex, raked_age),
                control = list(epsilon = 1e-14, maxit = 1000))
  stopifnot(max(abs(weights(raked) / plain$raked - 1)) < 1e-12)
  estimate(paste0("rake_", stage), "fail", raked)
  known <- c(`(Intercept)` = sum(raked_sex), setNames(raked_sex[-1], paste0("sex", names(raked_sex)[-1])),
             setNames(raked_age[-1], paste0("age", names(raked_age)[-1])))
  calibrated <- calibrate(make(plain, stage, ~base), ~sex + age, known, calfun = "raking", epsilon = 1e-13, maxit = 100)
  stopifnot(max(abs(weights(calibrated) / plain$raked - 1)) < 1e-12)
  estimate(paste0("calibrated_", stage), "fail", calibrated)
}
options(survey.lonely.psu = "average")
post <- postStratify(make(answers, "wr", ~base), ~sex, xtabs(weight ~ sex, answers))
estimate("post_wr", "average", post)

# Composites item by item, and differences of domains, by their linearised variables.
options(survey.lonely.psu = "fail")
influence_of <- function(design, variable, inside) {
  w <- weights(design)
  y <- design$variables[[variable]]
  v <- as.numeric(inside & !is.na(y))
  y[is.na(y)] <- 0
  total <- sum(w * v)
  mean <- sum(w * v * y) / total
  list(mean = mean, u = v * (y - mean) / total)
}
parts <- c(q1 = 0.5, q2 = 0.3, q3 = 0.2)
for (stage in c("wr", "fpc1", "fpc2")) {
  for (kind in c("", "calibrated_")) {
    design <- make(plain, stage)
    if (kind != "") {
      design <- calibrate(make(plain, stage, ~base), ~sex + age, known, calfun = "raking", epsilon = 1e-13, maxit = 100)
    }
    composite <- function(inside) {
      value <- 0
      u <- 0
      for (v in names(parts)) {
        each <- influence_of(design, v, inside)
        value <- value + parts[[v]] * each$mean
        u <- u + parts[[v]] * each$u
      }
      list(mean = value, u = u)
    }
    report <- function(estimand, domain, value, u) {
      design$variables$u <- u
      put(paste0(kind, stage), "fail", estimand, domain, "value", value)
      put(paste0(kind, stage), "fail", estimand, domain, "se", SE(svytotal(~u, design))[[1]])
    }
    for (name in names(domains)) {
      each <- composite(domains[[name]](plain))
      report("composite", name, each$mean, each$u)
    }
    for (pair in list(c("T0", "T2"), c("nam", "T2"), c("T2", "all"))) {
      one <- influence_of(design, "q2", domains[[pair[1]]](plain))
      two <- influence_of(design, "q2", domains[[pair[2]]](plain))
      report("difference:q2", paste(pair, collapse = "-"), one$mean - two$mean, one$u - two$u)
      one <- composite(domains[[pair[1]]](plain))
      two <- composite(domains[[pair[2]]](plain))
      report("difference:composite", paste(pair, collapse = "-"), one$mean - two$mean, one$u - two$u)
    }
  }
}

# Jackknife: one PSU left out at a time; and bootstrap factors made elsewhere.
for (stage in c("wr", "fpc1")) {
  replicated <- as.svrepdesign(make(plain, stage), type = "JKn")
  for (name in names(domains)) {
    sub <- subset(replicated, domains[[name]](plain))
    for (v in c("q1", "q2", "top1")) {
      m <- svymean(as.formula(paste0("~", v)), sub, na.rm = TRUE)
      put(paste0("jkn_", stage), "fail", paste0("mean:", v), name, "value", coef(m)[[1]])
      put(paste0("jkn_", stage), "fail", paste0("mean:", v), name, "se", SE(m)[[1]])
    }
    r <- svyratio(~paid, ~visits, sub, na.rm = TRUE)
    put(paste0("jkn_", stage), "fail", "ratio:paid/visits", name, "se", SE(r)[[1]])
  }
}
if (file.exists("bootstrap_factors.csv")) {
  factors <- read.csv("bootstrap_factors.csv", fileEncoding = "UTF-8", stringsAsFactors = FALSE)
  at <- match(paste(plain$stratum, plain$psu), paste(factors$stratum, factors$psu))
  count <- ncol(factors) - 2
  replicated <- svrepdesign(variables = plain, repweights = as.matrix(factors[at, -(1:2)]), weights = plain$weight,
                            type = "other", combined.weights = FALSE, scale = 1 / (count - 1), rscales = rep(1, count),
                            mse = FALSE)
  for (name in names(domains)) {
    m <- svymean(~q2, subset(replicated, domains[[name]](plain)), na.rm = TRUE)
    put("bootstrap", "fail", "mean:q2", name, "se", SE(m)[[1]])
  }
}
for (p in c(0.9, 0.975, 0.995)) for (df in c(1, 2, 5, 17, 126, 5000)) put("student", "", as.character(p), as.character(df), "value", qt(p, df))
rows <- do.call(rbind, rows)
wide <- reshape(rows, idvar = c("case", "rule", "estimand", "domain"), timevar = "what", direction = "wide")
names(wide) <- sub("^value\\.", "", names(wide))
write.csv(wide, "expected.csv", row.names = FALSE, quote = FALSE, na = "", fileEncoding = "UTF-8")
