/*
 * hashtab.c - open hash table with string keys
 *
 * Copyright (c) 1994, 1997 The Regents of Some College.
 * All rights reserved.
 *
 * Redistribution and use in source and binary forms, with or without
 * modification, are permitted provided that the above copyright notice
 * and this paragraph are duplicated in all such forms.
 *
 * THIS SOFTWARE IS PROVIDED ``AS IS'' AND WITHOUT ANY EXPRESS OR IMPLIED
 * WARRANTIES, INCLUDING, WITHOUT LIMITATION, THE IMPLIED WARRANTIES OF
 * MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE.
 */

#include <sys/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ctype.h>
#include <errno.h>

#include "hashtab.h"

#define	MINSIZE		16
#define	MAXLOAD		3	/* average chain length before we grow */

struct entry {
	struct entry	*next;
	char		*key;
	void		*value;
	unsigned int	 hash;
};

struct hashtab {
	struct entry	**buckets;
	size_t		  nbuckets;
	size_t		  count;
	void		(*freefn)(void *);
};

static unsigned int
hash_string(const char *s)
{
	unsigned int h = 5381;

	while (*s != '\0')
		h = (h << 5) + h + (unsigned char)*s++;
	return (h);
}

static void *
xcalloc(size_t n, size_t size)
{
	void *p;

	if ((p = calloc(n, size)) == NULL) {
		fprintf(stderr, "out of memory allocating %lu bytes\n",
		    (unsigned long)(n * size));
		exit(1);
	}
	return (p);
}

/*
 * Create an empty table.  The hint is the number of entries expected;
 * it is rounded up to the next power of two.
 */
struct hashtab *
ht_create(size_t hint, void (*freefn)(void *))
{
	struct hashtab *ht;
	size_t n;

	for (n = MINSIZE; n < hint; n <<= 1)
		continue;
	ht = xcalloc(1, sizeof(*ht));
	ht->buckets = xcalloc(n, sizeof(struct entry *));
	ht->nbuckets = n;
	ht->freefn = freefn;
	return (ht);
}

static void
ht_grow(struct hashtab *ht)
{
	struct entry **newb, *ep, *next;
	size_t i, slot, n;

	n = ht->nbuckets * 2;
	newb = xcalloc(n, sizeof(struct entry *));
	for (i = 0; i < ht->nbuckets; i++) {
		for (ep = ht->buckets[i]; ep != NULL; ep = next) {
			next = ep->next;
			slot = ep->hash & (n - 1);
			ep->next = newb[slot];
			newb[slot] = ep;
		}
	}
	free(ht->buckets);
	ht->buckets = newb;
	ht->nbuckets = n;
}

void *
ht_lookup(const struct hashtab *ht, const char *key)
{
	unsigned int h = hash_string(key);
	const struct entry *ep;

	for (ep = ht->buckets[h & (ht->nbuckets - 1)]; ep; ep = ep->next)
		if (ep->hash == h && strcmp(ep->key, key) == 0)
			return (ep->value);
	errno = ENOENT;
	return (NULL);
}

/*
 * Insert or replace.  Returns 1 if the key was already present, 0 if it
 * is new.  The key is copied, the value is not.
 */
int
ht_insert(struct hashtab *ht, const char *key, void *value)
{
	unsigned int h = hash_string(key);
	struct entry *ep, **head;

	head = &ht->buckets[h & (ht->nbuckets - 1)];
	for (ep = *head; ep != NULL; ep = ep->next) {
		if (ep->hash != h || strcmp(ep->key, key) != 0)
			continue;
		if (ht->freefn != NULL && ep->value != value)
			(*ht->freefn)(ep->value);
		ep->value = value;
		return (1);
	}

	ep = xcalloc(1, sizeof(*ep));
	if ((ep->key = strdup(key)) == NULL) {
		perror("strdup");
		abort();
	}
	ep->hash = h;
	ep->value = value;
	ep->next = *head;
	*head = ep;
	if (++ht->count > MAXLOAD * ht->nbuckets)
		ht_grow(ht);
	return (0);
}

int
ht_remove(struct hashtab *ht, const char *key)
{
	unsigned int h = hash_string(key);
	struct entry **pp, *dead;

	pp = &ht->buckets[h & (ht->nbuckets - 1)];
	while ((dead = *pp) != NULL) {
		if (dead->hash == h && !strcmp(dead->key, key)) {
			*pp = dead->next;
			if (ht->freefn)
				ht->freefn(dead->value);
			free(dead->key);
			free(dead);
			ht->count--;
			return (0);
		}
		pp = &dead->next;
	}
	return (-1);
}

void
ht_walk(struct hashtab *ht, int (*fn)(const char *, void *, void *), void *arg)
{
	size_t i;
	struct entry *ep, *save;

	for (i = 0; i < ht->nbuckets; i++)
		for (ep = ht->buckets[i]; ep != NULL; ep = save) {
			save = ep->next;	/* fn may delete ep */
			if ((*fn)(ep->key, ep->value, arg) != 0)
				return;
		}
}

#ifdef DEBUG
void
ht_stats(const struct hashtab *ht, FILE *fp)
{
	size_t i, used = 0, longest = 0;

	for (i = 0; i < ht->nbuckets; i++) {
		size_t len = 0;
		const struct entry *ep = ht->buckets[i];

		while (ep) {
			len++;
			ep = ep->next;
		}
		if (len > 0)
			used++;
		if (len > longest)
			longest = len;
	}
	(void)fprintf(fp, "%lu entries, %lu/%lu buckets used, longest %lu\n",
	    (unsigned long)ht->count, (unsigned long)used,
	    (unsigned long)ht->nbuckets, (unsigned long)longest);
}
#endif /* DEBUG */
