#ifndef COUNTED_ALLOCATIONS_H
#define COUNTED_ALLOCATIONS_H

/// How often this thread has asked for memory.
unsigned long counted_allocations(void);

/// How often all threads have.
unsigned long counted_allocations_of_all(void);

#endif
