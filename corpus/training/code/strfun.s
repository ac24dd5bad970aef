	.file	"strfun.s"
# String routines for x86-64 and i386, AT&T syntax.
#
# size_t my_strlen(const char *s)

	.text
	.p2align 4,,15
	.globl	my_strlen
	.type	my_strlen, @function
my_strlen:
.LFB0:
	.cfi_startproc
	xorl	%eax, %eax
	cmpb	$0, (%rdi)
	je	.L4
.L3:
	addq	$1, %rax
	cmpb	$0, (%rdi,%rax)
	jne	.L3
	ret
.L4:
	ret
	.cfi_endproc
.LFE0:
	.size	my_strlen, .-my_strlen

	.globl	main
	.type	main, @function
main:
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset 6, -16
	movq	%rsp, %rbp
	subq	$32, %rsp
	movl	%edi, -20(%rbp)
	movq	%rsi, -32(%rbp)
	movl	$0, -4(%rbp)
	jmp	.L6
.L7:
	movl	-4(%rbp), %eax
	cltq
	leaq	0(,%rax,8), %rdx
	movq	-32(%rbp), %rax
	addq	%rdx, %rax
	movq	(%rax), %rsi
	leaq	.LC0(%rip), %rdi
	movl	$0, %eax
	call	printf@PLT
	addl	$1, -4(%rbp)
.L6:
	movl	-4(%rbp), %eax
	cmpl	-20(%rbp), %eax
	jl	.L7
	movl	$0, %eax
	leave
	ret
	.size	main, .-main

	.section	.rodata
.LC0:
	.string	"arg: %s\n"
	.align 8
table:
	.long	1, 2, 4, 8
	.quad	my_strlen
	.byte	0x7f, 'E', 'L', 'F'
	.asciz	"done"

	.data
counter:
	.long	0
	.comm	buffer,1024,32
	.ident	"GCC: (GNU) 4.8.2"
	.section	.note.GNU-stack,"",@progbits

# i386, classic kernel entry
#define SAVE_ALL \
	cld; \
	pushl %es; \
	pushl %ds; \
	pushl %eax; \
	pushl %ebp

	.code32
_start:
	movl	$4, %eax		# write(1, msg, len)
	movl	$1, %ebx
	movl	$msg, %ecx
	movl	$len, %edx
	int	$0x80
	movl	$1, %eax		# exit(0)
	xorl	%ebx, %ebx
	int	$0x80
	rep; movsl
	outb	%al, $0x20
	iret
msg:	.ascii	"hello, kernel\n"
	len = . - msg
