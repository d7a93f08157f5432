/* The rule engine in the page: the same rules data and the same three-valued logic as helpers.models.rules.
   A specification has the columns of chips.csv: a number, [low, high], null for unknown; a rate left out is one that
   the maker does not claim. Nothing is evaluated as code. tests/test_rules_parity.py holds both engines together. */
(function (root) {
  "use strict";
  const UNDETERMINED = "undetermined";
  const FREE = "not-controlled";
  const ABSENT = "absent";

  /* True, false, or null for unknown. */
  function allOf(values) {
    if (values.includes(false)) return false;
    return values.includes(null) ? null : true;
  }
  function anyOf(values) {
    if (values.includes(true)) return true;
    return values.includes(null) ? null : false;
  }
  function negate(value) { return value === null ? null : !value; }

  function known(value) { return value !== null && value !== undefined; }

  function threshold(leaf) {
    if (known(leaf.value)) return [leaf.value, leaf.value];
    return [known(leaf.value_low) ? leaf.value_low : 0, known(leaf.value_high) ? leaf.value_high : Infinity];
  }

  function compare(found, leaf) {
    if (found === ABSENT) return false;
    if (leaf.op === "==") return known(found) ? found === leaf.value : null;
    const low = known(found) ? found[0] : 0;
    const high = known(found) ? found[1] : Infinity;
    const ends = threshold(leaf);
    switch (leaf.op) {
      case ">=": return low >= ends[1] ? true : high < ends[0] ? false : null;
      case ">": return low > ends[1] ? true : high <= ends[0] ? false : null;
      case "<": return high < ends[0] ? true : low >= ends[1] ? false : null;
      case "<=": return high <= ends[0] ? true : low > ends[1] ? false : null;
      default: throw new Error("unknown operator " + leaf.op);
    }
  }

  function evaluate(tree, valueOf) {
    if (!tree) return false;
    if (tree.all) return allOf(tree.all.map(function (branch) { return evaluate(branch, valueOf); }));
    if (tree.any) return anyOf(tree.any.map(function (branch) { return evaluate(branch, valueOf); }));
    if (tree.not) return negate(evaluate(tree.not, valueOf));
    return compare(valueOf(tree.metric), tree);
  }

  /* Quantities: 88 FR 73458 (TPP, performance density), 87 FR 62186 (2022), as in helpers.models.rules.metrics. */
  function interval(spec, field) {
    const value = spec[field];
    if (!known(value)) return [0, Infinity];
    return Array.isArray(value) ? [value[0], value[1]] : [value, value];
  }

  function tppOf(spec, formats) {
    if (spec.is_memory_stack) return [0, 0];
    let low = 0, high = 0, matrixKnown = false;
    formats.forEach(function (format) {
      if (!(format.field in spec)) return;
      const rate = interval(spec, format.field);
      low = Math.max(low, rate[0] * format.bits_low);
      high = Math.max(high, rate[1] * format.bits_high);
      matrixKnown = matrixKnown || (format.matrix && rate[1] < Infinity);
    });
    return [low, matrixKnown ? high : Infinity];
  }

  function densityOf(tpp, spec) {
    if (spec.planar) return ABSENT;
    const area = interval(spec, "die_area_mm2");
    const least = area[1] < Infinity ? tpp[0] / area[1] : 0;
    const most = area[0] > 0 ? tpp[1] / area[0] : Infinity;
    return [least, tpp[1] === 0 ? 0 : most];
  }

  function hostOf(spec, bounds) {
    if (known(spec.host_io_gbs)) return interval(spec, "host_io_gbs");
    for (const bound of bounds) {
      const before = bound.released_before;
      if (before === null || (known(spec.release_date) && spec.release_date < before)) return [0, bound.high_gbs];
    }
    return [0, Infinity];
  }

  function add(left, right) { return [left[0] + right[0], left[1] + right[1]]; }

  function measure(spec, book) {
    const tpp = tppOf(spec, book.formats);
    const links = interval(spec, "interconnect_gbs");
    const host = hostOf(spec, book.host_interface_bounds);
    const memory = interval(spec, "memory_bw_gbs");
    const io = [links[0], links[1] + host[1]];
    return Object.assign({
      tpp: tpp,
      tops_x_bits_2022: tpp,
      pd: densityOf(tpp, spec),
      agg_bidir_io_gbs: add(links, host),
      io_bw_gbs: io,
      dram_bw_gbs: memory,
      dram_plus_io_gbs: add(memory, io),
      mem_bw_density: interval(spec, "mem_bw_density"),
      datacenter: known(spec.market) ? spec.market === "datacenter" : null,
      commercially_available_us: known(spec.commercially_available_us) ? spec.commercially_available_us : null,
      is_memory_stack: Boolean(spec.is_memory_stack),
    }, book.context);
  }

  /* Rules in force, whom they bind, what follows. */
  function inForce(rule, day) {
    const start = rule.effective > rule.destination_from ? rule.effective : rule.destination_from;
    return start <= day && (rule.end === null || day < rule.end);
  }

  function binds(rule, spec) {
    const home = known(spec.vendor_hq) ? spec.vendor_hq : null;
    const vendor = known(spec.vendor) ? spec.vendor : null;
    if (rule.applies_to_makers_from.length) return home === null ? null : rule.applies_to_makers_from.includes(home);
    if (rule.addressee === null || vendor === rule.addressee) return true;
    if (home !== null && home !== "US") return false;
    if (vendor === null) return null;
    return rule.others_bound === "unknown" ? null : false;
  }

  function valueIn(rule, spec, measured) {
    return function (metric) {
      if (metric === "named") return (spec.named_in || []).includes(rule.id);
      return metric in measured ? measured[metric] : null;
    };
  }

  function verdictOf(rule, spec, measured, reviews, outside) {
    const valueOf = valueIn(rule, spec, measured);
    const tested = evaluate(rule.tests, valueOf);
    const excluded = anyOf(rule.exclusions.map(function (entry) { return evaluate(entry.when, valueOf); }));
    const bound = binds(rule, spec);
    let met = allOf([tested, bound, negate(excluded)]);
    if (met === null && outside.has(rule.id)) met = false;
    const usable = anyOf(rule.exceptions.map(function (entry) { return evaluate(entry.usable_when, valueOf); }));
    const outcomes = met === false ? [] : outcomesOf(rule, usable, reviews, spec, measured);
    return { rule: rule, tested: tested, bound: bound, excluded: excluded, usable: usable, met: met, outcomes: outcomes };
  }

  function outcomesOf(rule, usable, reviews, spec, measured) {
    const outcomes = [];
    if (usable !== true) {
      const softer = reviews.filter(function (review) { return review.review_of.includes(rule.id); })
        .map(function (review) { return [review, evaluate(review.tests, valueIn(review, spec, measured))]; });
      softer.forEach(function (pair) { if (pair[1] !== false) outcomes.push(pair[0].outcome); });
      if (!softer.some(function (pair) { return pair[1] === true; })) outcomes.push(rule.outcome);
    }
    if (usable !== false) rule.exceptions.forEach(function (entry) { outcomes.push(entry.outcome); });
    return Array.from(new Set(outcomes));
  }

  function chain(verdict, nextOf) {
    const outcomes = new Set(verdict.outcomes);
    if (verdict.met !== true) {
      const following = nextOf[verdict.rule.id];
      (following ? chain(following, nextOf) : new Set([FREE])).forEach(function (status) { outcomes.add(status); });
    }
    return outcomes;
  }

  function strictest(chains, order) {
    if (!chains.length) return [FREE];
    const rank = function (status) { return order.indexOf(status); };
    const mildest = Math.min(...chains.map(function (set) { return Math.max(...Array.from(set, rank)); }));
    return order.filter(function (status, place) {
      return place <= mildest && chains.some(function (set) { return set.has(status); });
    });
  }

  function shownOutside(spec, book) {
    const outside = new Set();
    book.rules.forEach(function (rule) {
      if ((spec.named_in || []).includes(rule.id)) rule.named_are_outside.forEach(function (id) { outside.add(id); });
    });
    return outside;
  }

  /* The status of a chip on an ISO date: {status, possible, verdicts, measured}. */
  function judge(spec, book, day) {
    const measured = measure(spec, book);
    const rules = book.rules.filter(function (rule) { return inForce(rule, day); });
    const outside = shownOutside(spec, book);
    const reviews = rules.filter(function (rule) { return rule.kind === "review-policy"; });
    const verdicts = rules.filter(function (rule) { return rule.kind !== "review-policy"; })
      .map(function (rule) { return verdictOf(rule, spec, measured, reviews, outside); });
    const ids = verdicts.map(function (verdict) { return verdict.rule.id; });
    const nextOf = {};
    verdicts.forEach(function (verdict) { if (ids.includes(verdict.rule.after)) nextOf[verdict.rule.after] = verdict; });
    const heads = verdicts.filter(function (verdict) { return !ids.includes(verdict.rule.after); });
    const possible = strictest(heads.map(function (head) { return chain(head, nextOf); }), book.order);
    return {
      status: possible.length === 1 ? possible[0] : UNDETERMINED,
      possible: possible,
      verdicts: verdicts,
      measured: measured,
    };
  }

  const api = { judge: judge, measure: measure, evaluate: evaluate, compare: compare, threshold: threshold, ABSENT: ABSENT };
  if (typeof module !== "undefined" && module.exports) module.exports = api;
  else root.briefingRules = api;
})(typeof window === "undefined" ? globalThis : window);
