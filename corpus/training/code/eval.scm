; eval.scm -- an evaluator for a tiny Scheme, plus list utilities
; Load with (load "eval.scm"), then type (driver-loop).

(define (filter pred lst)
  (cond ((null? lst) '())
        ((pred (car lst)) (cons (car lst) (filter pred (cdr lst))))
        (else (filter pred (cdr lst)))))

(define (fold-left op init seq)
  (let loop ((acc init) (rest seq))
    (if (null? rest)
        acc
        (loop (op acc (car rest)) (cdr rest)))))

(define compose
  (lambda (f g)
    (lambda (x) (f (g x)))))

(define-syntax while
  (syntax-rules ()
    ((_ test body ...)
     (let lp ()
       (when test
         body ...
         (lp))))))

;; environments are lists of frames; a frame is an assoc list
(define (make-env vars vals base)
  (if (= (length vars) (length vals))
      (cons (map cons vars vals) base)
      (error "Wrong number of arguments" vars vals)))

(define (lookup var env)
  (if (null? env)
      (error "Unbound variable" var)
      (let ((binding (assq var (car env))))
        (if binding (cdr binding) (lookup var (cdr env))))))

(define (define-variable! var val env)
  (let ((b (assq var (car env))))
    (if b
        (set-cdr! b val)
        (set-car! env (cons (cons var val) (car env))))
    'ok))

(define (m-eval exp env)
  (cond ((or (number? exp) (string? exp) (boolean? exp)) exp)
        ((symbol? exp) (lookup exp env))
        ((pair? exp)
         (case (car exp)
           ((quote) (cadr exp))
           ((if) (if (m-eval (cadr exp) env)
                     (m-eval (caddr exp) env)
                     (if (null? (cdddr exp)) #f (m-eval (cadddr exp) env))))
           ((define)
            (if (symbol? (cadr exp))
                (define-variable! (cadr exp) (m-eval (caddr exp) env) env)
                (define-variable! (caadr exp)
                  (list 'closure (cdadr exp) (cddr exp) env) env)))
           ((lambda) (list 'closure (cadr exp) (cddr exp) env))
           ((begin) (eval-sequence (cdr exp) env))
           ((let) (m-eval `((lambda ,(map car (cadr exp)) ,@(cddr exp))
                            ,@(map cadr (cadr exp))) env))
           (else (m-apply (m-eval (car exp) env)
                          (map (lambda (x) (m-eval x env)) (cdr exp))))))
        (else (error "Unknown expression type -- EVAL" exp))))

(define (eval-sequence exps env)
  (if (null? (cdr exps))
      (m-eval (car exps) env)
      (begin (m-eval (car exps) env)
             (eval-sequence (cdr exps) env))))

(define (m-apply proc args)
  (cond ((procedure? proc) (apply proc args))
        ((eq? (car proc) 'closure)
         (eval-sequence (caddr proc)
                        (make-env (cadr proc) args (cadddr proc))))
        (else (error "Not applicable" proc))))

(define global-env
  (list (list (cons '+ +) (cons '- -) (cons '* *) (cons '= =)
              (cons 'car car) (cons 'cdr cdr) (cons 'cons cons)
              (cons 'null? null?) (cons 'display display))))

(define (driver-loop)
  (newline)
  (display ";;; M-Eval input: ")
  (let ((input (read)))
    (if (not (eof-object? input))
        (begin (write (m-eval input global-env))
               (driver-loop)))))

(define (string-index s ch)
  (do ((i 0 (+ i 1)))
      ((or (= i (string-length s)) (char=? (string-ref s i) ch)) i)))

(define (primes n)
  (let ((v (make-vector (+ n 1) #t)))
    (let outer ((i 2) (found '()))
      (cond ((> i n) (reverse found))
            ((vector-ref v i)
             (do ((j (* i i) (+ j i))) ((> j n))
               (vector-set! v j #f))
             (outer (+ i 1) (cons i found)))
            (else (outer (+ i 1) found))))))

(call-with-current-continuation
  (lambda (k)
    (for-each (lambda (x) (if (negative? x) (k x)))
              '(54 0 37 -3 245 19))
    #t))
