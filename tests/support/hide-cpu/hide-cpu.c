// Hides CPU features from one process: what its libraries do on an older CPU can then be tested on a newer one. Linux on x86-64.
//   cc -shared -fPIC -O1 -o hide-cpu.so hide-cpu.c -ldl;  HIDE_CPU=avx2 LD_PRELOAD=./hide-cpu.so command
// HIDE_CPU: "avx2" leaves neither AVX-512 nor VNNI nor AMX, "avx512" AVX-512 without VNNI and AMX, "vnni" everything but AMX.
// The kernel is asked to let the instruction CPUID fault (arch_prctl, ARCH_SET_CPUID); the handler answers with bits cleared. CPUs whose
// /proc/cpuinfo lacks "cpuid_fault" cannot do that. There HIDE_CPU_PLACES names a file with the addresses of that instruction in
// libonnxruntime (hidden-cpu.ts writes it): when it is loaded, each is made an instruction that faults everywhere. Only that library is deceived then.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { ARCH_SET_CPUID = 0x1012, AVX2 = 0, AVX512 = 1, VNNI = 2 };

static struct sigaction previous;
static int (*real_sigaction)(int, const struct sigaction *, struct sigaction *);
static void *(*real_dlopen)(const char *, int);
static int is_armed, level, is_patched, signal_of_fault = SIGSEGV;
static const char *places;

static long let_cpuid_run(long yes) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(SYS_arch_prctl), "D"(ARCH_SET_CPUID), "S"(yes) : "rcx", "r11", "memory");
  return result;
}

// Leaf 7, subleaf 0: EBX, ECX and EDX. The numbers are those of the bits in Intel's manual, volume 2, CPUID.
static void hide_leaf_7(unsigned *b, unsigned *c, unsigned *d) {
  *d &= ~(1u << 22 | 1u << 24 | 1u << 25); // AMX
  if (level < VNNI) *c &= ~(1u << 11);     // AVX512_VNNI
  if (level < AVX512) {
    *b &= ~(1u << 16 | 1u << 17 | 1u << 21 | 1u << 26 | 1u << 27 | 1u << 28 | 1u << 30 | 1u << 31); // AVX512F and its parts
    *c &= ~(1u << 1 | 1u << 6 | 1u << 12 | 1u << 14);
    *d &= ~(1u << 2 | 1u << 3 | 1u << 8 | 1u << 23);
  }
}

static void on_fault(int number, siginfo_t *info, void *context) {
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  const unsigned char *code = (const unsigned char *)registers[REG_RIP];
  // 0f a2 is CPUID, and 0f 0b what stands in its place.
  int is_ours = places ? code[0] == 0x0f && code[1] == 0x0b : info->si_code == SI_KERNEL && code[0] == 0x0f && code[1] == 0xa2;
  if (is_ours) {
    unsigned leaf = registers[REG_RAX], subleaf = registers[REG_RCX], a = leaf, b, c = subleaf, d;
    if (!places) let_cpuid_run(1);
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    if (!places) let_cpuid_run(0);
    if (leaf == 7 && subleaf == 0) hide_leaf_7(&b, &c, &d);
    if (leaf == 7 && subleaf == 1) {
      a &= ~(1u << 5 | 1u << 21); // AVX512_BF16, AMX_FP16
      d &= ~(1u << 4 | 1u << 5 | 1u << 8 | 1u << 10 | 1u << 19);
      if (level < VNNI) a &= ~(1u << 4); // AVX_VNNI
    }
    registers[REG_RAX] = a;
    registers[REG_RBX] = b;
    registers[REG_RCX] = c;
    registers[REG_RDX] = d;
    registers[REG_RIP] += 2;
    return;
  }
  if (previous.sa_flags & SA_SIGINFO && previous.sa_sigaction) {
    previous.sa_sigaction(number, info, context);
    return;
  }
  is_armed = 0;
  signal(number, SIG_DFL);
}

// Node puts every signal back to its default when it starts: what others want of ours is kept, and called after us.
int sigaction(int number, const struct sigaction *wanted, struct sigaction *old) {
  if (!real_sigaction) real_sigaction = dlsym(RTLD_NEXT, "sigaction");
  if (number != signal_of_fault || !is_armed) return real_sigaction(number, wanted, old);
  if (old) *old = previous;
  if (wanted) previous = *wanted;
  return 0;
}

static void fail(const char *sentence) {
  if (write(2, sentence, strlen(sentence)) < 0) _exit(1);
  _exit(1);
}

static int patch(struct dl_phdr_info *library, size_t size, void *unused) {
  (void)size, (void)unused;
  if (!strstr(library->dlpi_name, "libonnxruntime.so")) return 0;
  FILE *file = fopen(places, "r");
  if (!file) fail("hide-cpu: HIDE_CPU_PLACES cannot be read\n");
  long page = sysconf(_SC_PAGESIZE);
  unsigned long place;
  while (fscanf(file, "%lx", &place) == 1) {
    unsigned char *code = (unsigned char *)(library->dlpi_addr + place);
    unsigned char *begin = (unsigned char *)((unsigned long)code & -(unsigned long)page);
    if (code[0] != 0x0f || code[1] != 0xa2) fail("hide-cpu: HIDE_CPU_PLACES is of another library\n");
    if (mprotect(begin, 2 * page, PROT_READ | PROT_WRITE | PROT_EXEC)) fail("hide-cpu: this library cannot be changed\n");
    code[1] = 0x0b;
    mprotect(begin, 2 * page, PROT_READ | PROT_EXEC);
  }
  fclose(file);
  is_patched = 1;
  return 1;
}

void *dlopen(const char *file, int mode) {
  if (!real_dlopen) real_dlopen = dlsym(RTLD_NEXT, "dlopen");
  void *library = real_dlopen(file, mode);
  if (library && places && !is_patched) dl_iterate_phdr(patch, NULL);
  return library;
}

__attribute__((constructor)) static void begin(void) {
  const char *wish = getenv("HIDE_CPU");
  if (!wish) return;
  level = !strcmp(wish, "vnni") ? VNNI : !strcmp(wish, "avx512") ? AVX512 : AVX2;
  places = getenv("HIDE_CPU_PLACES");
  if (places) signal_of_fault = SIGILL;
  struct sigaction ours;
  memset(&ours, 0, sizeof ours);
  ours.sa_sigaction = on_fault;
  ours.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  sigaction(signal_of_fault, &ours, &previous);
  is_armed = 1;
  if (!places && let_cpuid_run(0) != 0) fail("hide-cpu: this CPU or hypervisor cannot let CPUID fault\n");
}
