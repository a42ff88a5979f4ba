#ifndef COUNTED_ALLOCATIONS_H
#define COUNTED_ALLOCATIONS_H

/// How often this thread has asked for memory.
unsigned long counted_allocations(void);

#endif
