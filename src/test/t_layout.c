/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layouts bit by bit: every test against the kernel's, with each of the 64
 * bits flipped; which bits a result depends on; the fields' names.
 *
 * Where a layout is known to depart from the kernel the row has both (`kernel`,
 * `built`), and says whether any mix of two stores this project makes can tell
 * them apart. A departure that is repaired, or a new one, fails here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "kernel_61.h"

/* ---- the layouts, where they are known to depart ---- */

static bool pae_zero(uint64_t v) { return !v; }
static bool pae_zero_low(uint64_t v) { return !(v & LOW); }
static bool pae_huge_57(uint64_t v) { return (v & (B(PSE) | B(57))) == B(PSE); }

/* ---- the table: test, result, and the bits the result depends on ---- */

#define CALL(name, ...) \
	static bool do_##name(const struct layout *l, entry_t e) { return l->__VA_ARGS__; }
CALL(none_pud, none(LEVEL_PUD, e))
CALL(none_pmd, none(LEVEL_PMD, e))
CALL(none_pte, none(LEVEL_PTE, e))
CALL(present, present(e))
CALL(valid, valid(e))
CALL(leaf, leaf(e))
CALL(trans_huge, trans_huge(e))
CALL(bad, bad(e))
CALL(write, write(e))
CALL(dirty, dirty(e))
CALL(young, young(e))
#undef CALL

struct truth {
	bool (*is)(uint64_t v);
	uint64_t reads;
};

static const struct row {
	enum layout_id id;
	const char *name;
	bool (*test)(const struct layout *l, entry_t e);
	struct truth kernel;
	struct truth built;	/* of the layout, where it is not the kernel's */
	bool reachable;		/* a mix of two stores can tell */
} rows[] = {
	{ LAYOUT_PAE, "none pud", do_none_pud, { x86_none, ALL & ~(B(A) | B(D)) },
	  { pae_zero, ALL }, 0 },
	{ LAYOUT_PAE, "none pmd", do_none_pmd, { x86_none_low, LOW & ~(B(A) | B(D)) },
	  { pae_zero_low, LOW }, 0 },
	{ LAYOUT_PAE, "none pte", do_none_pte, { x86_none, ALL & ~(B(A) | B(D)) },
	  { pae_zero, ALL }, 0 },
	{ LAYOUT_PAE, "present", do_present, { x86_present, B(P) | B(PROTNONE) | B(PSE) }, { 0 }, 0 },
	{ LAYOUT_PAE, "valid", do_valid, { x86_valid, B(P) }, { 0 }, 0 },
	{ LAYOUT_PAE, "leaf", do_leaf, { x86_leaf, B(PSE) }, { 0 }, 0 },
	{ LAYOUT_PAE, "trans_huge", do_trans_huge, { x86_trans_huge, B(PSE) | B(58) },
	  { pae_huge_57, B(PSE) | B(57) }, 0 },
	{ LAYOUT_PAE, "bad", do_bad, { x86_bad, (BITS(0, 11) & ~(B(US) | B(A))) | BITS(52, 63) },
	  { 0 }, 0 },
	{ LAYOUT_PAE, "write", do_write, { x86_write, B(RW) }, { 0 }, 0 },
	{ LAYOUT_PAE, "dirty", do_dirty, { x86_dirty, B(D) }, { 0 }, 0 },
	{ LAYOUT_PAE, "young", do_young, { x86_young, B(A) }, { 0 }, 0 },
	{ LAYOUT_LPAE, "none pud", do_none_pud, { arm_none, ALL }, { 0 }, 0 },
	{ LAYOUT_LPAE, "none pmd", do_none_pmd, { arm_none, ALL }, { 0 }, 0 },
	{ LAYOUT_LPAE, "none pte", do_none_pte, { arm_none, ALL }, { 0 }, 0 },
	{ LAYOUT_LPAE, "present", do_present, { arm_present, B(0) }, { 0 }, 0 },
	{ LAYOUT_LPAE, "valid", do_valid, { arm_present, B(0) }, { 0 }, 0 },
	{ LAYOUT_LPAE, "leaf", do_leaf, { arm_leaf, B(0) | B(1) }, { 0 }, 0 },
	{ LAYOUT_LPAE, "trans_huge", do_trans_huge, { arm_trans_huge, ALL }, { 0 }, 0 },
	{ LAYOUT_LPAE, "bad", do_bad, { arm_bad, B(1) }, { 0 }, 0 },
	{ LAYOUT_LPAE, "write", do_write, { arm_write, B(58) }, { 0 }, 0 },
	{ LAYOUT_LPAE, "dirty", do_dirty, { arm_dirty, B(55) }, { 0 }, 0 },
	{ LAYOUT_LPAE, "young", do_young, { arm_young, B(10) }, { 0 }, 0 },
};

enum { NR_BASES = 16, SLOT_BASES = 9 };

/* The first nine are what a slot under test can hold; the others are not. */
static void bases(const struct layout *l, uint64_t v[NR_BASES])
{
	const struct stamp s = { 0x2a5, 0x5a }, t = { 0x2a6, 0x5b };
	const entry_t h = l->mk_huge(s), c = l->mk_clean(t);
	const uint64_t all[NR_BASES] = {
		0, entry_u64(h), entry_u64(c), entry_u64(l->mk_table(s, 0)),
		entry_u64(l->mk_table(t, TABLE_IDS - 1)),
		entry_u64(l->mk_invalid(h)), entry_u64(l->mk_invalid(c)),
		mixed(l->wrprotect_lo(h.lo), entry_u64(h)), mixed(l->mkold_lo(h.lo), entry_u64(h)),
		entry_u64(l->mk_pte(s, 511)),
		ALL, LOW, ~LOW, 0xdeadbeef12345678, 0x000fffff3f4000e7, 0x0123456789abcde0,
	};

	memcpy(v, all, sizeof(all));
}

static uint64_t xorshift(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	return *x ^= *x << 17;
}

/* Each of a base's 64 neighbours; returns the bits that mattered. */
static uint64_t flip_all(const struct row *r, const struct truth *t, uint64_t base, bool built)
{
	const struct layout *l = layouts[r->id];
	uint64_t mattered = 0;

	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t v = base ^ B(bit);

		if (built && r->test(l, from(v)) != t->is(v))
			fail_msg("%s %s: wrong for %016llx", l->name, r->name, (unsigned long long)v);
		if (t->is(v) != t->is(base))
			mattered |= B(bit);
	}
	return mattered;
}

static void test_every_bit(void **state)
{
	(void)state;
	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*rows); r++) {
		const struct truth *t = r->built.is ? &r->built : &r->kernel;
		uint64_t v[NR_BASES], built = 0, kernel = 0, x = 0x9e3779b97f4a7c15;

		bases(layouts[r->id], v);
		for (unsigned i = 0; i < NR_BASES; i++) {
			assert_int_equal(r->test(layouts[r->id], from(v[i])), t->is(v[i]));
			built |= flip_all(r, t, v[i], true);
			kernel |= flip_all(r, &r->kernel, v[i], false);
		}
		assert_int_equal(built, t->reads);
		assert_int_equal(kernel, r->kernel.reads);
		for (unsigned i = 0; i < 3000; i++) {	/* dense, then sparse */
			uint64_t y = xorshift(&x);

			built |= flip_all(r, t, y, true);
			built |= flip_all(r, t, y & xorshift(&x) & xorshift(&x), true);
		}
		assert_int_equal(built, t->reads);
	}
}

/*
 * A departure exists, and shows in what a slot can hold only where it says so.
 * One does: a table's low word with a leaf's high word has NX, so the kernel
 * calls it bad and turns it away; the layout lets it through.
 */
static void test_departures(void **state)
{
	(void)state;
	for (const struct row *r = rows; r < rows + sizeof(rows) / sizeof(*rows); r++) {
		uint64_t v[NR_BASES];
		bool reached = false;

		if (!r->built.is)
			continue;
		assert_int_not_equal(r->built.reads, r->kernel.reads);
		bases(layouts[r->id], v);
		for (unsigned i = 0; i < SLOT_BASES * SLOT_BASES; i++) {
			uint64_t m = mixed(v[i / SLOT_BASES], v[i % SLOT_BASES]);

			reached |= r->built.is(m) != r->kernel.is(m);
		}
		print_message("%s %s reads %016llx, the kernel's %016llx%s\n", layouts[r->id]->name,
			      r->name, (unsigned long long)r->built.reads,
			      (unsigned long long)r->kernel.reads, reached ? ": a mix shows it" : "");
		assert_int_equal(reached, r->reachable);
	}
}

static void test_ap2(void **state)
{
	const struct layout *l = layouts[LAYOUT_LPAE];
	const struct stamp s = { 7, 9 };
	const entry_t huge = l->mk_huge(s), clean = l->mk_clean(s);
	const uint64_t h = entry_u64(huge), c = entry_u64(clean);

	(void)state;
	assert_true(arm_ap2_fits(h) && arm_ap2_fits(c) && arm_ap2_fits(entry_u64(l->mk_pte(s, 3))));
	assert_true(arm_ap2_fits(entry_u64(l->mk_invalid(huge))));
	assert_true(arm_ap2_fits(entry_u64(l->mk_invalid(clean))));
	assert_false(arm_ap2_fits(mixed(h, c)));
	assert_false(arm_ap2_fits(mixed(c, h)));
	/* the low-word RMW breaks it with no tear, and cannot where AP2 is set */
	assert_false(arm_ap2_fits(mixed(l->wrprotect_lo(huge.lo), h)));
	assert_true(arm_ap2_fits(mixed(l->wrprotect_lo(clean.lo), c)));
}

/*
 * pfn, same, the two low-word updates and, of leaves, mk_invalid over arbitrary
 * values. On PAE a leaf to invalidate is present, its frame below 2^44 and 2 MiB
 * aligned: of anything else mk_invalid is not pmd_mkinvalid().
 */
static void test_words(void **state)
{
	uint64_t x = 88172645463325252;

	(void)state;
	for (unsigned id = 0; id < NR_LAYOUTS; id++) {
		const struct layout *l = layouts[id];
		const struct shape *k = &shapes[id];
		uint64_t v[NR_BASES];

		bases(l, v);
		for (unsigned i = 0; i < 64 * 200; i++) {
			uint64_t base = i < 64 * NR_BASES ? v[i / 64] : xorshift(&x);
			uint64_t y = base ^ B(i % 64);
			uint64_t leaf = id == LAYOUT_LPAE ? y :
					(y | B(P) | B(PSE)) & ~(BITS(12, 20) | BITS(44, 51));
			uint32_t lo = (uint32_t)y;

			assert_int_equal(l->pfn(from(y)), k->pfn(y));
			assert_int_equal(entry_u64(l->mk_invalid(from(leaf))), k->mkinvalid(leaf));
			assert_int_equal(entry_u64(from(y)), y);
			assert_true(entry_same(from(y), from(y)));
			assert_false(entry_same(from(y), from(base)));
			assert_int_equal(l->wrprotect_lo(lo), (lo | k->wrprotect_on) & ~k->wrprotect_off);
			assert_int_equal(l->mkold_lo(lo), lo & ~k->mkold_off);
		}
	}
}

/* kernel.md section 3, by name; DEVMAP is 58 in 6.1 */
static const struct field named[NR_LAYOUTS][16] = {
	[LAYOUT_PAE] = {
		{ "P", 0, 1 }, { "RW", 1, 1 }, { "US", 2, 1 }, { "A", 5, 1 }, { "D", 6, 1 },
		{ "PSE", 7, 1 }, { "G", 8, 1 }, { "PFN-low", 12, 20 }, { "PFN-high", 32, 20 },
		{ "DEVMAP", 57, 1 }, { "NX", 63, 1 },
	},
	[LAYOUT_LPAE] = {
		{ "type", 0, 2 }, { "AttrIndx", 2, 3 }, { "AP1", 6, 1 }, { "AP2", 7, 1 },
		{ "SH", 8, 2 }, { "AF", 10, 1 }, { "nG", 11, 1 }, { "PFN-low", 12, 20 },
		{ "PFN-high", 32, 8 }, { "PXN", 53, 1 }, { "XN", 54, 1 }, { "DIRTY", 55, 1 },
		{ "SPECIAL", 56, 1 }, { "NONE", 57, 1 }, { "RDONLY", 58, 1 },
	},
};

static void test_fields(void **state)
{
	(void)state;
	for (unsigned id = 0; id < NR_LAYOUTS; id++) {
		uint64_t v[NR_BASES], covered = 0, want = 0;

		for (const struct field *n = named[id]; n->name; n++)
			want |= BITS(n->bit, n->bit + n->width - 1);
		for (const struct field *f = layouts[id]->fields; f->name; f++) {
			const uint64_t bits = BITS(f->bit, f->bit + f->width - 1);
			const struct field *n = named[id];

			while (n->name && strcmp(n->name, f->name))
				n++;
			assert_non_null(n->name);
			assert_int_equal(f->bit, n->bit);
			assert_int_equal(f->width, n->width);
			assert_int_equal(covered & bits, 0);
			assert_true((bits & LOW) == bits || (bits & ~LOW) == bits);
			covered |= bits;
		}
		assert_int_equal(covered, want);
		bases(layouts[id], v);
		for (unsigned i = 0; i <= SLOT_BASES; i++)
			assert_int_equal(v[i] & ~covered, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_departures),
		cmocka_unit_test(test_ap2),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
