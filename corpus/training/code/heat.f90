!> Heat conduction in a plate by Jacobi iteration.
module heat_mod
  use, intrinsic :: iso_fortran_env, only: real64, error_unit
  implicit none
  private
  public :: grid_t, init_grid, relax

  integer, parameter :: dp = selected_real_kind(15, 307)

  type :: grid_t
    integer :: nx = 0, ny = 0
    real(dp), allocatable :: t(:,:)
  end type grid_t

contains

  subroutine init_grid(g, nx, ny, top)
    type(grid_t), intent(out) :: g
    integer, intent(in) :: nx, ny
    real(dp), intent(in), optional :: top
    integer :: ierr

    g%nx = nx
    g%ny = ny
    allocate(g%t(0:nx+1, 0:ny+1), stat=ierr)
    if (ierr /= 0) then
      write(error_unit, *) 'allocation failed'
      stop 1
    end if
    g%t = 0.0_dp
    if (present(top)) g%t(:, ny+1) = top
  end subroutine init_grid

  pure function residual(a, b) result(r)
    real(dp), intent(in) :: a(:,:), b(:,:)
    real(dp) :: r
    r = sqrt(sum((a - b)**2) / size(a))
  end function residual

  subroutine relax(g, tol, maxit)
    type(grid_t), intent(inout) :: g
    real(dp), intent(in) :: tol
    integer, intent(in) :: maxit
    real(dp), dimension(0:g%nx+1, 0:g%ny+1) :: old
    integer :: i, j, it

    do it = 1, maxit
      old = g%t
!$omp parallel do private(i)
      do j = 1, g%ny
        do i = 1, g%nx
          g%t(i,j) = 0.25_dp * (old(i-1,j) + old(i+1,j) &
                   + old(i,j-1) + old(i,j+1))
        end do
      end do
!$omp end parallel do
      if (residual(old, g%t) < tol) exit
    end do
    print '(a,i6,a)', 'stopped after ', it, ' iterations'
  end subroutine relax

end module heat_mod

program heat
  use heat_mod
  implicit none
  type(grid_t) :: g
  call init_grid(g, 100, 100, top=100.0d0)
  call relax(g, 1.0d-6, 10000)
  open(unit=10, file='heat.dat', status='replace', action='write')
  write(10, '(10f8.3)') g%t
  close(10)
end program heat

C     ------------------------------------------------------------------
C     The same in the old dialect: solve a tridiagonal system
C     ------------------------------------------------------------------
      SUBROUTINE TRIDAG(A, B, C, R, U, N, IERR)
      INTEGER N, NMAX, IERR, J
      PARAMETER (NMAX=500)
      DOUBLE PRECISION A(N), B(N), C(N), R(N), U(N)
      DOUBLE PRECISION BET, GAM(NMAX)
      COMMON /CTRL/ EPS, LUN, IDEBUG
      DATA ZERO /0.0D0/
      IERR = 0
      IF (DABS(B(1)) .LT. 1.D-30) GO TO 900
      BET = B(1)
      U(1) = R(1)/BET
      DO 11 J = 2, N
        GAM(J) = C(J-1)/BET
        BET = B(J) - A(J)*GAM(J)
        IF (BET .EQ. ZERO) GOTO 900
        U(J) = (R(J) - A(J)*U(J-1))/BET
   11 CONTINUE
      DO 12 J = N-1, 1, -1
        U(J) = U(J) - GAM(J+1)*U(J+1)
   12 CONTINUE
      RETURN
  900 IERR = 1
      IF (IDEBUG .GT. 0 .AND. LUN .NE. 6) WRITE (LUN, 1000) J, BET
 1000 FORMAT (1X, 'TRIDAG: ZERO PIVOT AT ROW', I5, 5X, 1PE12.4)
      CALL EXIT(1)
      END
