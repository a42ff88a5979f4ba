#include <stddef.h>
#include <cdb.h>
