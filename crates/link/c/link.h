/* What the library's own files share. */
#ifndef LINK_H
#define LINK_H

/* The library asks a variable of its own, which needs no relocation: its functions may be called before the dynamic
 * linker is done with it. Programs ask `tl_here`, of which an executable may have its own copy. */
#ifndef LINK_START
#define tl_here tl_inside_
#endif

#include <trapless.h>

#ifndef __ASSEMBLER__

#ifdef LINK_START
extern unsigned char tl_inside_ __attribute__((visibility("hidden")));
#endif
#pragma GCC visibility push(hidden)
/* Sets errno from a negative error number; gives -1. */
long tl_fail_(long raw);
#ifdef TL_BIND
void tl_bind_(char **environment);
#endif
#pragma GCC visibility pop

#endif
#endif
